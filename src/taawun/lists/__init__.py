"""What a list says of an entity, under which programme, since when; lists brought in and kept."""
