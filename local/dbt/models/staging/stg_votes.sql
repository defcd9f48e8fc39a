{{ newest_copy(source('raw', 'votes')) }}
