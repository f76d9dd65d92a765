"""What learns from question sets, and what each step is worth; development material only."""
