"""The static site: pages of notebooks, articles, meetings and rows, with an index of findings."""
