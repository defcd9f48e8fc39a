{{ newest_copy(source('raw', 'voters')) }}
