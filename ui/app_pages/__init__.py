"""One script a page; each runs anew for every look at it and checks who looks."""
