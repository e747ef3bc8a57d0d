"""What the tapes prove about the vendor."""
