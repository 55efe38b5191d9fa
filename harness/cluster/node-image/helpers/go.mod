module rollproof/node-image/helpers

go 1.26.0
