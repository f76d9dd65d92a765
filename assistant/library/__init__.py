"""The manual library: the truth about manuals, versions, pages and chunks."""

from assistant.library.drafts import ChunkDraft
from assistant.library.lifecycle import Lifecycle
from assistant.library.publishing import Publisher
from assistant.library.reading import ManualLibrary, ManualListing

__all__ = ["ChunkDraft", "Lifecycle", "ManualLibrary", "ManualListing", "Publisher"]
