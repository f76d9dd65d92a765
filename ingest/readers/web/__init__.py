"""Web pages: their text without menus, and their tables."""
