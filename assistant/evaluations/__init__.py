"""What evaluators keep: question sets, runs over them, and what people say of the answers."""
