"""Who does the jobs in the background that need more than one package."""
