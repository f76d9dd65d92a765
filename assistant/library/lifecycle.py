"""What becomes of a version once it is in the library: published, corrected, withdrawn, undone.

Each action is one transaction with its line in the audit trail. Vectors are brought into the index
before it and taken out after it: whatever a crash leaves of that, start-up puts right.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from sqlalchemy import Connection, select, update

from assistant import calendar, tables
from assistant.domain import CountedBy, ManualVersion
from assistant.errors import UsageError
from assistant.library.drafts import store_vectors
from assistant.library.in_force import is_out
from assistant.library.publishing import (
    add_keywords,
    flip,
    grow_revision,
    index_versions,
    retire_from_indexes,
)
from assistant.library.reading import ManualLibrary
from assistant.library.rows import CHUNK, VERSION, draft_of, version_of, versions_with_manuals
from assistant.library.staging import forget, forget_manual_without_versions
from assistant.library.trials import Decision, VersionTrial, keep_trial
from assistant.people.audit.trail import SYSTEM_ACTOR, Action, Actor, append_event

_GONE: Final = "この版はもうありません。一覧を開き直して確かめてください。"
_UNDONE: Final = "前の版に戻したため"


@dataclass(frozen=True)
class Dates:
    """What can be said of a version beside its text; `effective_from` only of one not published."""

    effective_from: date | None = None
    effective_to: date | None = None
    counted_by: CountedBy = ""
    transition_note: str = ""
    change_note: str = ""


class Lifecycle:
    """Changes the state of versions; the callers have asked whether the person may."""

    def __init__(self, library: ManualLibrary):
        self._library = library

    def hold(self, version_id: str, *, by: Actor) -> ManualVersion:
        """Have a version wait until question sets have been asked of it; raises UsageError.

        It is `ready` without a day: nobody sees it, whatever becomes of the process. One that
        waits already, for its day too, stays as it is.
        """
        version, title = self._publishable(version_id)
        if version.state == "ready":
            return version
        self._bring_into_index([version_id])
        with self._library.database.write() as connection:
            self._still(connection, version)
            if version.state in ("superseded", "withdrawn"):
                add_keywords(connection, self._library.keywords, version_id)
            values = {"state": "ready", "publish_on": None, "published_by": by.person_id}
            _set(connection, version_id, **values)
            _record(connection, by, "manual.schedule", title, version, publish_on="確認のあと")
            grow_revision(connection)
        retire_from_indexes(self._library, version.manual_id)
        return self._version(version_id)[0]

    def held(self) -> list[ManualVersion]:
        """Return the versions that wait for question sets to be asked, or for a reason."""
        query = versions_with_manuals().where(
            VERSION.state == "ready", VERSION.publish_on.is_(None)
        )
        with self._library.database.read() as connection:
            return [version_of(row) for row in connection.execute(query).mappings()]

    def keep_trial(
        self, version_id: str, trial: VersionTrial, decision: Decision, *, by: Actor
    ) -> None:
        """Keep what the question sets said of a version whose state stays; raises UsageError."""
        version, title = self._version(version_id)
        with self._library.database.write() as connection:
            keep_trial(connection, trial, decision, title=title, version=version, by=by)

    def release(
        self,
        version_id: str,
        *,
        by: Actor,
        on: date | None = None,
        trial: VersionTrial | None = None,
    ) -> ManualVersion:
        """Publish a version, now or from a day on; raises UsageError.

        A draft, one that waits, one that was withdrawn or one that was corrected. `trial` is what
        the question sets said, kept with the publication.
        """
        version, title = self._publishable(version_id)
        today = calendar.today()
        planned = on is not None and on > today
        self._bring_into_index([version_id])
        with self._library.database.write() as connection:
            self._still(connection, version)
            if trial is not None:
                decision: Decision = "scheduled" if planned else "published"
                keep_trial(connection, trial, decision, title=title, version=version, by=by)
            if planned:
                if version.state in ("superseded", "withdrawn"):
                    add_keywords(connection, self._library.keywords, version_id)
                values = {"state": "ready", "publish_on": on, "published_by": by.person_id}
                _set(connection, version_id, **values)
                _record(connection, by, "manual.schedule", title, version, publish_on=on)
            else:
                flip(connection, self._library.keywords, version_id, by)
            grow_revision(connection)
        retire_from_indexes(self._library, version.manual_id)
        return self._version(version_id)[0]

    def unschedule(self, version_id: str, *, by: Actor) -> ManualVersion:
        """Make a version that waits for its day a draft again; raises UsageError."""
        version, title = self._version(version_id)
        if version.state != "ready" or is_out(version, today=calendar.today()):
            raise UsageError("公開を予約した版ではありません。一覧で確かめてください。")
        with self._library.database.write() as connection:
            self._still(connection, version)
            _set(connection, version_id, state="draft", publish_on=None, published_by="")
            _record(connection, by, "manual.schedule", title, version, publish_on="取消し")
            grow_revision(connection)
        return self._version(version_id)[0]

    def publish_due(self) -> list[str]:
        """Make published what waited for a day that has come; returns the version ids.

        It has been shown since that day already: this is only the record of it.
        """
        today = calendar.today()
        query = select(VERSION.id, VERSION.manual_id).where(
            VERSION.state == "ready", VERSION.publish_on <= today
        )
        with self._library.database.read() as connection:
            due = connection.execute(query).all()
        for row in due:
            with self._library.database.write() as connection:
                flip(connection, self._library.keywords, row.id, SYSTEM_ACTOR)
                grow_revision(connection)
            retire_from_indexes(self._library, row.manual_id)
        return [row.id for row in due]

    def withdraw(
        self, manual_id: str, *, by: Actor, reason: str = "", version_id: str | None = None
    ) -> list[str]:
        """Withdraw a manual, or one version of it; returns the version ids. Raises UsageError.

        Nobody finds or reads it any more. Of a version the one before is in force again.
        """
        versions = [v for v in self._versions(manual_id) if v.state in ("published", "ready")]
        chosen = [v for v in versions if version_id in (None, v.id)]
        if not chosen:
            raise UsageError("公開している版がありません。一覧で確かめてください。")
        title = self._version(chosen[0].id)[1]
        gone = {v.id for v in chosen}
        # A version that had ended may be in force once more.
        self._bring_into_index(v.id for v in versions if v.id not in gone)
        with self._library.database.write() as connection:
            for version in chosen:
                self._still(connection, version)
                self._take_back(connection, version, by, reason)
                _record(connection, by, "manual.withdraw", title, version, reason=reason)
            grow_revision(connection)
        retire_from_indexes(self._library, manual_id)
        return sorted(gone)

    def roll_back(self, manual_id: str, *, by: Actor, reason: str = "") -> ManualVersion:
        """Undo the latest publication of a manual: what held before it holds again.

        Of a correction it is the text before the correction, of a version the version before.
        Returns the version that was taken back. Raises UsageError where there is nothing before.
        """
        versions = self._versions(manual_id)
        out = [v for v in versions if is_out(v, today=calendar.today())]
        if not out:
            raise UsageError("公開している版がありません。一覧で確かめてください。")
        latest = max(out, key=lambda v: (v.published_at or "", v.number, v.revision))
        corrected = [
            v
            for v in versions
            if v.state == "superseded" and v.number == latest.number
            and v.revision < latest.revision
        ]  # fmt: skip
        before = max(corrected, key=lambda v: v.revision, default=None)
        if before is None and len(out) == 1:
            raise UsageError(
                "戻せる前の版がありません。使わせないようにするときは、取下げを選んでください。"
            )
        title = self._version(latest.id)[1]
        restored = [before.id] if before is not None else []
        self._bring_into_index([*(v.id for v in out if v.id != latest.id), *restored])
        with self._library.database.write() as connection:
            self._still(connection, latest)
            self._take_back(connection, latest, by, reason or _UNDONE)
            for other in restored:
                _set(connection, other, state="published")
                add_keywords(connection, self._library.keywords, other)
            _record(connection, by, "manual.roll_back", title, latest, reason=reason)
            grow_revision(connection)
        retire_from_indexes(self._library, manual_id)
        return self._version(latest.id)[0]

    def discard(self, version_id: str, *, by: Actor) -> None:
        """Delete a draft for good; raises UsageError for what has been published."""
        version, title = self._version(version_id)
        if version.state != "draft":
            raise UsageError("下書きではないため、破棄できません。取下げを選んでください。")
        with self._library.database.write() as connection:
            self._still(connection, version)
            chunks = forget(connection, self._library.keywords, version_id)
            forget_manual_without_versions(connection, version.manual_id)
            _record(connection, by, "manual.discard", title, version)
            grow_revision(connection)
        for role in ("bodies", "headings"):
            self._library.index.remove(role, chunks)

    def amend(self, version_id: str, dates: Dates, *, by: Actor) -> ManualVersion:
        """Keep other dates and notes of a version; raises UsageError.

        The 施行日 of a version that has been published stays: its citations stand for it.
        """
        version, title = self._version(version_id)
        start = version.effective_from
        if version.state in ("draft", "ready") and version.revision == 1:
            start = dates.effective_from
        elif dates.effective_from not in (None, start):
            raise UsageError(
                "公開した版と、その修正の施行日は変えられません。施行日を変えるときは、"
                "ファイルを新しい施行日で取り込み直してください。"
            )
        if dates.effective_to is not None and dates.effective_to <= (start or date.min):
            raise UsageError("廃止日は施行日より後の日にしてください。")
        values = {
            "effective_from": start,
            "effective_to": dates.effective_to,
            "counted_by": dates.counted_by,
            "transition_note": dates.transition_note.strip(),
            "change_note": dates.change_note.strip(),
        }
        changed = {
            name: [getattr(version, name), value]
            for name, value in values.items()
            if getattr(version, name) != value
        }
        if not changed:
            return version
        out = [v.id for v in self._versions(version.manual_id) if v.state == "published"]
        self._bring_into_index(out)
        with self._library.database.write() as connection:
            self._still(connection, version)
            _set(connection, version_id, **values)
            _record(connection, by, "manual.change", title, version, changed=changed)
            grow_revision(connection)
        retire_from_indexes(self._library, version.manual_id)
        return self._version(version_id)[0]

    def _bring_into_index(self, version_ids: Iterable[str]) -> None:
        """Have all vectors of versions in the index of those in force, before they may be."""
        wanted = list(version_ids)
        library = self._library
        with library.database.read() as connection:
            query = select(tables.chunk).where(CHUNK.version_id.in_(wanted))
            rows = connection.execute(query).all()
        store_vectors(library.vectors, library.encoder, [draft_of(row) for row in rows])
        index_versions(library, wanted)

    def _take_back(
        self, connection: Connection, version: ManualVersion, by: Actor, reason: str
    ) -> None:
        query = select(CHUNK.key).where(CHUNK.version_id == version.id)
        keys = list(connection.execute(query).scalars())
        self._library.keywords.remove(connection, keys)
        _set(
            connection,
            version.id,
            state="withdrawn",
            publish_on=None,
            withdrawn_at=calendar.now().isoformat(),
            withdrawn_by=by.person_id,
            withdrawn_reason=reason.strip(),
        )

    def _refuse_same_date(self, version: ManualVersion) -> None:
        today = calendar.today()
        for other in self._versions(version.manual_id):
            same = other.effective_from == version.effective_from
            if same and other.number != version.number and is_out(other, today=today):
                raise UsageError(
                    f"同じ施行日の第{other.number}版が公開されています。施行日を変えるか、"
                    "ファイルを取り込み直してください（その版の修正として登録されます）。"
                )

    def _still(self, connection: Connection, version: ManualVersion) -> None:
        """Refuse to act on a version that somebody else has changed meanwhile."""
        query = select(VERSION.state).where(VERSION.id == version.id)
        if connection.execute(query).scalar() != version.state:
            raise UsageError(
                "この版の状態が、ほかの人の操作で変わりました。一覧を開き直して確かめてください。"
            )

    def _publishable(self, version_id: str) -> tuple[ManualVersion, str]:
        version, title = self._version(version_id)
        if version.state == "staged" or is_out(version, today=calendar.today()):
            raise UsageError("この版は公開済みか、まだ取込みの途中です。一覧で確かめてください。")
        self._refuse_same_date(version)
        return version, title

    def _version(self, version_id: str) -> tuple[ManualVersion, str]:
        query = versions_with_manuals().where(VERSION.id == version_id)
        with self._library.database.read() as connection:
            row = connection.execute(query).mappings().first()
        if row is None:
            raise UsageError(_GONE)
        return version_of(row), str(row["title"])

    def _versions(self, manual_id: str) -> list[ManualVersion]:
        query = versions_with_manuals().where(VERSION.manual_id == manual_id)
        with self._library.database.read() as connection:
            return [version_of(row) for row in connection.execute(query).mappings()]


def _set(connection: Connection, version_id: str, **values: Any) -> None:
    connection.execute(update(tables.manual_version).where(VERSION.id == version_id).values(values))


def _record(
    connection: Connection,
    by: Actor,
    action: Action,
    title: str,
    version: ManualVersion,
    **more: Any,
) -> None:
    detail = {
        "manual": version.manual_id,
        "version": version.number,
        "revision": version.revision,
        **more,
    }
    append_event(connection, by, action, title, detail)
