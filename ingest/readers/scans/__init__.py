"""Pictures of pages: cleaned, ruled lines found, letters recognised, upright or level."""
