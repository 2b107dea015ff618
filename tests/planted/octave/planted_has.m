function yes = planted_has(plan, mistake, place)
%PLANTED_HAS Whether a mistake is to be made at a place.

yes = any(strcmp(mistake, plan.mistakes) & strcmp(place, plan.places));
end
