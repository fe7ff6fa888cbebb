-- Alarms kept the names of people who were erased since.
UPDATE alarms a SET detail = (a.detail - '{displayName,email,subject,words,refused,proposed,reason}'::text[])
    || jsonb_build_object('userName', 'erased-' || u.id)
  FROM users u WHERE u.organization_id = a.organization_id AND u.id = a.detail ->> 'userId' AND u.status = 'erased';
