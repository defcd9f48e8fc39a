package function

import lru "github.com/hashicorp/golang-lru/v2"

// Kept is what a cache keeps by a key. What it hasn't got is created, and kept unless that fails.
func Kept[K comparable, V any](cache *lru.Cache[K, V], key K, create func(K) (V, error)) (V, error) {
	if v, ok := cache.Get(key); ok {
		return v, nil
	}
	v, err := create(key)
	if err == nil {
		cache.Add(key, v)
	}
	return v, err
}
