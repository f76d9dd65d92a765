"""The parts of the page 利用状況."""
