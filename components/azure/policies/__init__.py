"""Roles, conditions and rules as plain data: pure, and known before anything is deployed."""
