"""What operators and programs ask: is it alive, is it ready, how does it do, what can it be asked."""
