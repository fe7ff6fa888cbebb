ALTER TABLE "roles" ADD COLUMN "kind" text DEFAULT 'role' NOT NULL;--> statement-breakpoint
ALTER TABLE "roles" ADD CONSTRAINT "roles_kind" CHECK (kind in ('role', 'override', 'exception'));--> statement-breakpoint
ALTER TABLE history.roles ADD COLUMN "kind" text DEFAULT 'role' NOT NULL;--> statement-breakpoint
SELECT history.keep('roles', ARRAY['key', 'name', 'purpose', 'rank', 'owner', 'review_at'], ARRAY['organization_id, id']);
--> statement-breakpoint
SELECT history.mirror();
--> statement-breakpoint
-- Overrides have no rank: they come on top of whatever roles count.
CREATE OR REPLACE FUNCTION administers(p_organization_id text, p_user_id text, p_later boolean, p_lasting boolean DEFAULT false)
  RETURNS boolean
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  WITH held AS (
    SELECT e.role_id FROM effective_assignments e
    WHERE e.organization_id = p_organization_id AND e.user_id = p_user_id AND e.brand_id IS NULL
      AND (NOT p_lasting OR e.expires_at IS NULL)
    UNION
    SELECT a.role_id FROM assignments a
    WHERE p_later AND a.organization_id = p_organization_id AND a.user_id = p_user_id AND a.brand_id IS NULL
      AND a.valid_from > now() AND (a.expires_at IS NULL OR a.expires_at > a.valid_from AND NOT p_lasting)),
  ranked AS (
    SELECT h.role_id, r.kind, r.rank, max(r.rank) FILTER (WHERE r.kind = 'role') OVER () AS top FROM held h
    JOIN roles r ON r.organization_id = p_organization_id AND r.id = h.role_id),
  counting AS (
    SELECT k.role_id FROM ranked k JOIN organizations o ON o.id = p_organization_id
    WHERE o.role_strategy = 'union' OR k.rank = k.top OR k.kind <> 'role')
  SELECT EXISTS (SELECT FROM counting k WHERE is_administrator_role(p_organization_id, k.role_id))
    AND NOT EXISTS (SELECT FROM counting k JOIN role_permissions rp ON rp.organization_id = p_organization_id
      AND rp.role_id = k.role_id AND rp.effect = 'deny' WHERE touches_administrators(rp.permission))
    AND NOT EXISTS (SELECT FROM policies p WHERE p.organization_id = p_organization_id AND p.brand_id IS NULL
      AND touches_administrators(p.permission)
      AND NOT EXISTS (SELECT FROM counting k WHERE p.except_role_ids ? k.role_id)) $$;
--> statement-breakpoint
DO $do$ BEGIN
  COMMENT ON COLUMN roles.kind IS 'role: what people choose from. override: one permission, allowed or denied, which assignments give to single people on top of their roles. exception: lets single people hold what a rule keeps apart.';
END $do$;
