-- Registered voters of the touched minutes, counted again. The rows that the table has
-- now are added with 0, so that a group without voters is deleted.
MERGE INTO core.electorate_windows AS t
USING (
{{include "electorate_windows_counted" . | indent 2}}
) AS s
ON t.window_start = s.window_start
  AND t.state = s.state
  AND t.age_group = s.age_group
  AND t.gender = s.gender
  AND t.window_start >= {{variable "first_window"}}
  AND t.window_start < {{variable "end_window"}}
WHEN MATCHED AND s.registered = 0 THEN DELETE
WHEN MATCHED AND s.registered != t.registered THEN UPDATE SET
  registered = s.registered,
  updated_at = @started
WHEN NOT MATCHED THEN INSERT (window_start, state, age_group, gender, registered, updated_at)
VALUES (s.window_start, s.state, s.age_group, s.gender, s.registered, @started)
