"""Where did the money go, where did it come from? Bounded, and every minor unit accounted for."""
