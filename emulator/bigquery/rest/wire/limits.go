package wire

// maxPage is the size a page of rows may reach, as in BigQuery: 10 MB.
const maxPage = 10 << 20
