"""Ways of signing in, the secrets behind them, and the sessions in which they all end."""
