"""The parts of the page 品質評価: question sets, runs, their figures, what people say."""
