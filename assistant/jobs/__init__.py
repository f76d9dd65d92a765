"""Work in the background: a job table, workers that claim jobs, and a schedule."""
