function feature = extract_features(source, weights, layer, varargin)
%EXTRACT_FEATURES Features of a convolutional network through MatConvNet.
%   EXTRACT_FEATURES(JOBFILE) runs one netparity job. JOBFILE ends in
%   '.json'. The folder named by the job's `output_dir` receives
%
%     result.json          status, raw seconds, versions and flags;
%     shared-<name>.npy    features of the tensor that all tools get;
%     native-<name>.npy    features of the image as read and resized here;
%     native-input.npy     the tensor made from that image.
%
%   result.json is first written with status `started`, and replaced at the
%   end by one with `ok` or `failed`. Errors are recorded and rethrown.
%
%   FEATURE = EXTRACT_FEATURES(IMAGE, WEIGHTS, LAYER) returns one feature of
%   one image, as in
%
%     f = extract_features('photo.png', 'vgg16.mat', 'fc6');
%
%   WEIGHTS is a SimpleNN file such as imagenet-vgg-verydeep-16.mat, or a DagNN
%   file in its saved form. FEATURE is H x W x C single, 1 x 1 x 4096 for VGG16's
%   fc6. It also prints one JSON object with the keys `image_data_format`,
%   `load time`, `preprocessing time` and `predict time`; times are in seconds.
%
%   LAYER is a name in the file (`relu6`, `pool5`, `prob`), of a variable in
%   DagNN, or a name that other tools use. Where other tools include the ReLU in a layer, the name
%   stands for the ReLU here:
%
%     conv5_3, block5_conv3  ->  relu5_3
%     fc6, fc1               ->  relu6
%     fc7, fc2               ->  relu7
%     block5_pool            ->  pool5
%     predictions            ->  prob
%
%   EXTRACT_FEATURES(IMAGE, WEIGHTS, LAYER, 'output', FILE) also writes
%   the feature to FILE as float32 .npy, N x H x W x C.
%
%   MatConvNet itself is used if the environment variable MATCONVNET_ROOT
%   (or the job's option `matconvnet_root`) names its folder; otherwise the
%   functions in matconvnet_compat/ are used. The job's option `matconvnet`
%   is `auto` (default), `compat` (never MatConvNet) or `require` (only
%   MatConvNet).

here = fileparts(mfilename('fullpath'));
addpath(fullfile(here, 'support'));

if nargin == 1 && ischar(source) && ~isempty(regexp(source, '\.json$', 'once'))
  np_run_job(source, here);
elseif nargin == 3
  feature = np_run_once(source, weights, layer, '', here);
elseif nargin == 5 && strcmpi(varargin{1}, 'output')
  feature = np_run_once(source, weights, layer, varargin{2}, here);
else
  error('netparity:usage', ['Call extract_features(''job.json'') or ' ...
    'extract_features(''image'', ''weights.mat'', ''layer''); ' ...
    'a job file must end in .json.']);
end
end
