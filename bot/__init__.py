"""What runs inside Rasa: graph components, tracker store, start-up savings, evaluation."""
