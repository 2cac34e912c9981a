"""The agents' and supervisors' pages."""
