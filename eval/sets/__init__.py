"""Question sets: files, workbooks, the database, drafts."""
