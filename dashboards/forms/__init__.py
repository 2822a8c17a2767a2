"""The forms of panels, one a file: what each asks, how it reads the answer, and what Kibana and a page draw."""
