"""Signing in and out: plain pages and routes without scripts, in front of Streamlit."""
