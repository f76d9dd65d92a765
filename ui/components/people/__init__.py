"""Parts of the page 利用者: people, staff lists, reorganisations and shared terminals."""
