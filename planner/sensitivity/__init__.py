"""What a plan costs at other prices, and its inputs with prices, slack or reach changed; solves nothing."""
