"""The HTTP face: parse, call the desk, render; and the chat page that customers see."""
