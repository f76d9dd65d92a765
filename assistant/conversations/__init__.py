"""What a person asked before: found again, named, searched, judged, and deleted for good."""
