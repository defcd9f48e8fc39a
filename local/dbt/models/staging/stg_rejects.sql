{{ newest_copy(source('raw', 'rejects')) }}
