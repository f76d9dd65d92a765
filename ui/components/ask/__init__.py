"""The parts of the page 質問する: conversations, answers and what stands around them."""
