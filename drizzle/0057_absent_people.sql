-- As before, but somebody who is to come back is no leaver.
CREATE OR REPLACE VIEW checklists_to_begin WITH (security_invoker = true) AS
SELECT t.organization_id, t.id AS template_id, u.id AS user_id,
  CASE t.kind WHEN 'joining' THEN u.created_at ELSE u.status_changed_at END AS occasion
FROM checklist_templates t JOIN users u ON u.organization_id = t.organization_id
WHERE t.status = 'on' AND NOT EXISTS (SELECT FROM emergency_accounts e WHERE e.organization_id = u.organization_id AND e.user_id = u.id)
  AND CASE t.kind WHEN 'joining' THEN u.status = 'active' AND u.deleted_at IS NULL AND u.created_at >= t.counts_from
    ELSE u.status = 'inactive' AND u.status_changed_at >= t.counts_from AND (u.returns_at IS NULL OR u.deleted_at IS NOT NULL) END
  AND (t.brand_id IS NULL OR EXISTS (SELECT FROM effective_assignments e WHERE e.organization_id = u.organization_id
    AND e.user_id = u.id AND e.brand_id = t.brand_id))
  AND NOT EXISTS (SELECT FROM checklists c WHERE c.organization_id = t.organization_id AND c.template_id = t.id AND c.user_id = u.id
    AND (t.kind = 'joining' OR c.occasion = u.status_changed_at));
--> statement-breakpoint
COMMENT ON VIEW checklists_to_begin IS 'Who joined, or left and is not to come back, while a list for that was on, and has none yet.';
