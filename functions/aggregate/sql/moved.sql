{{- /* Whether a ranked vote may change a window, or its state in the books. */ -}}
NOT held
  OR rank > 1
  OR held_state IS DISTINCT FROM state
  OR held_age_group IS DISTINCT FROM age_group
  OR held_gender IS DISTINCT FROM gender AS moved
