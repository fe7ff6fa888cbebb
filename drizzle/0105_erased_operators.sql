-- Somebody who is erased is no operator, and no name of theirs stays.
CREATE FUNCTION forget_operator() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  DELETE FROM platform_operators o WHERE o.user_id = NEW.id AND o.organization_id = NEW.organization_id;
  RETURN NULL;
END $$;
--> statement-breakpoint
CREATE TRIGGER forget_operator AFTER UPDATE OF status ON users
  FOR EACH ROW WHEN (NEW.status = 'erased' AND OLD.status <> 'erased') EXECUTE FUNCTION forget_operator();
--> statement-breakpoint
REVOKE ALL ON FUNCTION forget_operator() FROM PUBLIC;--> statement-breakpoint
DO $do$ BEGIN
  COMMENT ON FUNCTION forget_operator() IS 'Somebody who is erased is no operator any more.';
END $do$;
