-- The audit trail is asked for what concerns a brand or a person: by whom an event names, wherever it stands in the detail, instead of by
-- reading all of them. Row-level security keeps such indexes from being used, so functions read past it, inside the transaction's
-- organization.
CREATE INDEX "audit_events_brand" ON "audit_events" USING gin (jsonb_path_query_array(detail, 'lax $.**.brandId')) WITH (fastupdate=off) WHERE jsonb_path_exists(detail, 'lax $.**.brandId');--> statement-breakpoint
CREATE INDEX "audit_events_user" ON "audit_events" USING btree ("organization_id",(detail ->> 'userId'),"id") WHERE (detail ->> 'userId') is not null;--> statement-breakpoint
CREATE FUNCTION events_of_brands(p_brand_ids text[]) RETURNS TABLE(event_id text) LANGUAGE plpgsql STABLE SECURITY DEFINER
  SET search_path = public, pg_temp SET plan_cache_mode = 'force_generic_plan' SET enable_seqscan = off AS $$
DECLARE
  v_organization_id text := current_setting('rolecall.organization_id', true);
BEGIN
  RETURN QUERY SELECT a.id FROM audit_events a
    WHERE a.organization_id = v_organization_id AND a.target_id = ANY (p_brand_ids)
    UNION SELECT a.id FROM audit_events a WHERE a.organization_id = v_organization_id
      AND jsonb_path_exists(a.detail, 'lax $.**.brandId')
      AND jsonb_path_query_array(a.detail, 'lax $.**.brandId') ?| p_brand_ids;
END $$;
--> statement-breakpoint
CREATE FUNCTION events_naming(p_user_id text) RETURNS TABLE(event_id text) LANGUAGE plpgsql STABLE SECURITY DEFINER
  SET search_path = public, pg_temp SET plan_cache_mode = 'force_generic_plan' SET enable_seqscan = off AS $$
BEGIN
  RETURN QUERY SELECT a.id FROM audit_events a
    WHERE a.organization_id = current_setting('rolecall.organization_id', true) AND a.detail ->> 'userId' = p_user_id;
END $$;
--> statement-breakpoint
REVOKE ALL ON FUNCTION events_of_brands(text[]) FROM PUBLIC;--> statement-breakpoint
GRANT EXECUTE ON FUNCTION events_of_brands(text[]) TO rolecall_server;--> statement-breakpoint
REVOKE ALL ON FUNCTION events_naming(text) FROM PUBLIC;--> statement-breakpoint
GRANT EXECUTE ON FUNCTION events_naming(text) TO rolecall_server;--> statement-breakpoint
DO $do$ BEGIN
  COMMENT ON FUNCTION events_of_brands(text[]) IS 'Events of the audit trail that concern one of the brands: it is the target, or the detail names it anywhere.';
  COMMENT ON FUNCTION events_naming(text) IS 'Events of the audit trail whose detail names the person.';
END $do$;
