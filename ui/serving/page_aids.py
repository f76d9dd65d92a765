"""The part of our script that mends Streamlit's pages: ways past them, Japanese names, one look."""

from __future__ import annotations

import json
from typing import Final

# Streamlit has no translations: these words of its buttons, menus and labels meet staff.
_WORDS: Final = {
    "App pages": "ページの一覧",
    "Sidebar": "ページの一覧",
    "Expand sidebar": "ページの一覧を開く",
    "Collapse sidebar": "ページの一覧を閉じる",
    "Link to heading": "この見出しへのリンク",
    "Send message": "質問を送る",
    "Chat message from user": "質問",
    "Chat message from assistant": "回答",
    "Close": "閉じる",
    "Fullscreen": "全画面で表示",
    "Close fullscreen": "全画面をやめる",
    "Exit fullscreen": "全画面をやめる",
    "Show/hide columns": "列を選ぶ",
    "Download as CSV": "CSV で保存",
    "Download as PNG": "画像で保存",
    "Copy Vega-Lite spec": "図の定義をコピー",
    "Show data": "数を表で見る",
    "Show chart": "図で見る",
    "Search": "探す",
    "Open": "選択肢を開く",
    "Clear value": "選択を消す",
    "Choose an option": "選んでください",
    "Choose options": "選んでください",
    "No results": "該当するものがありません",
    "file upload": "ファイル",
    "Clear entry": "入力を消す",
    "Show password": "パスワードを表示する",
    "Hide password": "パスワードを隠す",
    "Press Enter to apply": "Enter で反映",
    "Press Enter to submit form": "Enter で送信",
    "Press Ctrl+Enter to apply": "Ctrl+Enter で反映",
    "Press Ctrl+Enter to submit form": "Ctrl+Enter で送信",
    "Selectbox options": "選択肢",
    "Add files": "ファイルを追加する",
    "Previous Result": "前の結果",
    "Next Result": "次の結果",
    "Copy to clipboard": "コピーする",
    "Copied": "コピーしました",
    "Copied!": "コピーしました",
    "Main menu": "画面の設定",
    "Theme": "画面の色",
    "System": "自動",
    "Light": "明るい",
    "Dark": "暗い",
    "Print": "印刷",
    "Stop": "停止",
    "Running...": "処理中…",
    "Connecting": "接続しています",
    "Connection error": "接続できません",
}

# Nothing here changes what React keeps: attributes and text nodes only, anew after each change.
PAGE_AIDS: Final = (
    f"const WORDS = {json.dumps(_WORDS, ensure_ascii=False)};\n"
    + """\
// Streamlit keeps the chosen look for each address; ours is one for all pages.
const LOOK = 'chonai-look';
const look = localStorage.getItem(LOOK);
if (look) localStorage.setItem(`stActiveTheme-${location.pathname}-v2`, look);
addEventListener('click', (event) => {
  const item = event.target.closest?.('[data-testid^=stMainMenuItem-theme-]');
  if (item) localStorage.setItem(LOOK, JSON.stringify(item.dataset.testid.split('-').pop()));
}, true);
const japanese = (words) => {
  const taken = words.match(/^(?:Remove|Cancel upload of) (.+)$/);
  if (taken) return `${taken[1]}を外す`;
  const [word, ...rest] = words.trim().split(': ');
  return Object.hasOwn(WORDS, word) ? [WORDS[word], ...rest].join('：') : null;
};
const translate = () => {
  for (const name of ['aria-label', 'placeholder', 'title']) {
    for (const element of document.querySelectorAll(`[${name}]`)) {
      const words = japanese(element.getAttribute(name));
      if (words) element.setAttribute(name, words);
    }
  }
  const parts = '[data-testid=stMainMenuPopover], [data-testid=stTooltipContent],'
    + '[data-testid=stStatusWidget], [data-testid=stConnectionStatus],'
    + '[data-testid=InputInstructions], [role=tooltip], [role=listbox]';
  for (const part of document.querySelectorAll(parts)) {
    const texts = document.createTreeWalker(part, NodeFilter.SHOW_TEXT);
    while (texts.nextNode()) {
      if (texts.currentNode.parentElement.closest('[role=option]')) continue;  // a person's words
      const words = japanese(texts.currentNode.data);
      if (words) texts.currentNode.data = words;
    }
  }
};
// Streamlit follows a growing answer to its end, some frames late: all that is on the screen
// jumps, and the quotations, which come first, are gone from it. Its own steps are not taken.
// Who has not scrolled away sees the end until the newest question is at the top, and stays
// there; a page without a conversation is read from its top, and so is each manual. A click is
// followed by nothing: what it unfolds is where the person looks.
let [height, follows, scrolledAt, newest] = [0, true, 0, ''];
const HEADROOM = 88;  // Streamlit's header and the edge of a speech bubble
const TOP = Object.getOwnPropertyDescriptor(Element.prototype, 'scrollTop');
const scrollTo = (main, top) => TOP.set.call(main, top);
const held = (main) => {
  const question = [...main.querySelectorAll('.chonai-question')].pop();
  if (!question) return 0;
  const top = question.getBoundingClientRect().top - main.getBoundingClientRect().top;
  return Math.min(main.scrollHeight - main.clientHeight, main.scrollTop + top - HEADROOM);
};
const scrolls = ['ArrowUp', 'ArrowDown', 'PageUp', 'PageDown', 'Home', 'End', ' ', 'Tab'];
for (const kind of ['wheel', 'touchmove', 'pointerdown', 'keydown']) {
  addEventListener(kind, (event) => {
    if (event.isTrusted && kind !== 'wheel') until = 0;
    if (event.isTrusted && (!event.key || scrolls.includes(event.key))) scrolledAt = Date.now();
  }, {capture: true, passive: true});
}
addEventListener('scroll', ({target}) => {
  if (target.matches?.('main') && Date.now() - scrolledAt < 400) {
    follows = Math.abs(target.scrollTop - held(target)) <= 8;
  }
}, true);
const hold = () => {
  const main = document.querySelector('main');
  if (!main) return;
  if (!Object.hasOwn(main, 'scrollTop')) {
    Object.defineProperty(main, 'scrollTop', {get: () => TOP.get.call(main), set: () => {}});
  }
  const [asked, title] = [[...main.querySelectorAll('.chonai-question')], main.querySelector('h1')];
  const shown = `${title?.textContent} ${asked.length} ${asked.at(-1)?.textContent}`;
  const isNew = shown !== newest;
  if (isNew) [newest, follows, height] = [shown, true, 0];
  if (!document.querySelector('[data-testid=stChatInput]')) {
    if (isNew) scrollTo(main, 0);
    return;
  }
  const grew = main.scrollHeight > height;
  height = main.scrollHeight;
  if (follows && grew) scrollTo(main, held(main));
};
// Streamlit draws the page anew when a drawer closes, and now and then with it the button that
// has just been given the focus back: it is found again by its key.
let [opener, wasOpen, until] = [null, false, 0];
addEventListener('click', (event) => {
  if (event.isTrusted && event.target.closest?.('main')) follows = false;
  const keyed = event.target.closest?.('main [class*=st-key-]');
  if (keyed) opener = [...keyed.classList].find((name) => name.startsWith('st-key-'));
}, true);
const giveFocusBack = () => {
  const isOpen = document.querySelector('[role=dialog]') !== null;
  if (wasOpen && !isOpen) until = Date.now() + 3000;
  wasOpen = isOpen;
  if (isOpen || !opener || Date.now() > until || document.activeElement !== document.body) return;
  document.querySelector(`.${CSS.escape(opener)} button`)?.focus({preventScroll: true});
};
const mend = () => {
  translate();
  giveFocusBack();
  for (const message of document.querySelectorAll('[data-testid=stChatMessageContent]')) {
    message.setAttribute('role', 'group');
  }
  for (const button of document.querySelectorAll('[data-testid=stFileUploaderDropzone] button')) {
    button.setAttribute('aria-label', 'ファイルを選ぶ');
  }
  // A chart has its own description and its numbers as a table; its marks have no names.
  for (const drawing of document.querySelectorAll('[data-testid=stVegaLiteChart] > svg')) {
    drawing.setAttribute('aria-hidden', 'true');
    drawing.parentElement.setAttribute('role', 'img');
    drawing.parentElement.removeAttribute('aria-roledescription');
  }
  // What may scroll is reached by the keyboard, too.
  for (const body of document.querySelectorAll('[data-testid=stPopoverBody]')) body.tabIndex = 0;
  // Drawers and menus hang outside of the page that has the look.
  const page = document.querySelector('[data-testid=stApp]');
  if (page) document.documentElement.style.colorScheme = getComputedStyle(page).colorScheme;
  for (const way of WAYS) way.link.hidden = !way.target();
};
// Streamlit takes a new setting of the system a moment after the browser.
matchMedia('(prefers-color-scheme: dark)').addEventListener('change', () => {
  for (const wait of [50, 300, 1000]) setTimeout(mend, wait);
});
const last = (selector) => [...document.querySelectorAll(selector)].pop();
const answer = () => last('[data-testid=stChatMessageContent][aria-label=回答]');
const written = () => [...answer()?.querySelectorAll('.chonai-body') ?? []].pop();
const WAYS = [
  ['本文へ進む', () => document.querySelector('main')],
  ['質問の入力へ進む', () => last('[data-testid=stChatInputTextArea]')],
  ['最新の回答へ進む', answer],
  ['引用を飛ばして回答の文へ進む', written],
].map(([words, target]) => {
  const link = document.createElement('a');
  link.textContent = words;
  link.href = '#';
  link.hidden = true;
  link.addEventListener('click', (event) => {
    event.preventDefault();
    follows = false;
    const there = target();
    if (!there.matches('textarea')) there.tabIndex = -1;
    there.focus();
    there.scrollIntoView({block: 'start'});
  });
  return {link, target};
});
addEventListener('DOMContentLoaded', () => {
  const ways = document.createElement('nav');
  ways.id = 'chonai-ways';
  ways.setAttribute('aria-label', '読み飛ばし');
  ways.append(...WAYS.map((way) => way.link));
  document.body.prepend(ways);
  let waits = false;
  new MutationObserver(() => {
    hold();
    if (waits) return;
    waits = true;
    requestAnimationFrame(() => { waits = false; mend(); });
  }).observe(document.body, {subtree: true, childList: true});
  mend();
});
"""
)
