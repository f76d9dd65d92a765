"""Pages and tables of real files as people read them: what reading is checked against."""
