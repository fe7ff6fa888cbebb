-- As before, and client secrets of OpenID Connect connections, where the provider said when they end.
CREATE OR REPLACE VIEW certificates_ending WITH (security_invoker = true) AS
SELECT c.organization_id, c.id AS connection_id, c.name, x.value ->> 'sha256' AS sha256, x.value ->> 'notAfter' AS not_after,
  'certificate_ending' AS kind
FROM connections c
JOIN organizations o ON o.id = c.organization_id AND o.status = 'active'
CROSS JOIN LATERAL jsonb_array_elements(c.settings -> 'certificates') x
WHERE c.type = 'saml' AND c.status <> 'disabled' AND x.value ->> 'status' = 'trusted'
  AND (x.value ->> 'notAfter')::timestamptz <= now() + interval '30 days'
  AND NOT EXISTS (SELECT FROM alarms a WHERE a.organization_id = c.organization_id AND a.kind = 'certificate_ending'
    AND a.detail ->> 'connectionId' = c.id AND a.detail ->> 'sha256' = x.value ->> 'sha256')
UNION ALL
SELECT c.organization_id, c.id, c.name, NULL, c.settings ->> 'secretExpiresAt', 'client_secret_ending'
FROM connections c
JOIN organizations o ON o.id = c.organization_id AND o.status = 'active'
WHERE c.type = 'oidc' AND c.status <> 'disabled'
  AND (c.settings ->> 'secretExpiresAt')::timestamptz <= now() + interval '30 days'
  AND NOT EXISTS (SELECT FROM alarms a WHERE a.organization_id = c.organization_id AND a.kind = 'client_secret_ending'
    AND a.detail ->> 'connectionId' = c.id AND a.detail ->> 'notAfter' = c.settings ->> 'secretExpiresAt');
