function features = np_job_features(given)
%NP_JOB_FEATURES The job's list of features as a 1 x M structure array.
%   FEATURES = NP_JOB_FEATURES(GIVEN) has the fields name, layer and shape
%   (1 x D). jsondecode returns objects with different fields as a cell, objects
%   with the same fields as a structure array, and a shape of one number as a
%   scalar.

if isstruct(given)
  given = num2cell(given);
end
features = struct('name', {}, 'layer', {}, 'shape', {});
for k = 1:numel(given)
  shape = reshape(given{k}.shape, 1, []);
  features(k) = struct('name', given{k}.name, ...
    'layer', given{k}.layer, 'shape', shape);
end
end
