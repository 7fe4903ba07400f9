"""The console of the people who run the business: Streamlit over the HTTP API, which holds the one model in memory."""
