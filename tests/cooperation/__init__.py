"""Tests of the room where authorities meet."""
