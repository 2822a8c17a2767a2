"""What people look at, said once: boards of panels, which Kibana and a page both show."""
