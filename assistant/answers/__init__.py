"""Making an answer: evidence, judgement, the model's sentences, their verification."""
