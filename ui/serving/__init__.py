"""What stands between the network and Streamlit: the gate, routes for files, the page's head."""
