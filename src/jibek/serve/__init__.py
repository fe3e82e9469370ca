"""`jibek serve`: the page, live, and the API behind it."""
